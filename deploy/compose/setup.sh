#!/bin/sh
# Makes a consortium of a hub, three hospitals, an arbiter and an analyst, and admits them all. What
# is there already stays, so it may run again, also after it was cut off.
#
# In earnest each member makes its keys at home, and only request.pem travels. Here one container
# plays them all, and each gets its own volume.
set -eu

hub=hub:7433
parties=/setup/parties

[ -e /setup/authority/consortium/ca.pem ] \
  || moira consortium init breast --folder /setup/authority/consortium

admit() { # the folder of a member
  [ -e "$1/keys/certificate.pem" ] \
    || moira consortium admit "$1/keys/request.pem" --consortium /setup/authority/consortium
}

[ -e /setup/hub/keys/request.pem ] \
  || moira hub init /setup/hub --id hub-1 --address "$hub"
admit /setup/hub

# The arbiter of jobs is a party like the others; pipelines call it 'hub'.
for party in hub hospital-a hospital-b hospital-c; do
  folder="$parties/$party"
  [ -e "$folder/keys/request.pem" ] \
    || moira party init "$party" --hub "$hub" --parties "$parties"
  if [ "$party" = hub ]; then
    roles="[arbiter]" datasets="[]"
  else
    roles="[guest, host]" datasets="[breast]"
    grep -q '^  breast:' "$folder/party.yaml" \
      || moira party dataset add breast "/data/$party.csv" --party "$party" --parties "$parties"
  fi
  grep -q '^policy:' "$folder/party.yaml" || cat >>"$folder/party.yaml" <<POLICY

policy:
  submitters: [analyst]
  partners: [hospital-a, hospital-b, hospital-c, hub]
  roles: $roles
  components: [any]
  datasets: $datasets
  release: [model, metrics]
POLICY
  admit "$folder"
done

[ -e /setup/analyst/analyst/keys/request.pem ] \
  || moira party init analyst --submitter --hub "$hub" --parties /setup/analyst
admit /setup/analyst/analyst
echo "all members are admitted"
