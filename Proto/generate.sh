#!/bin/sh
# Writes Sources/MoiraWire/Generated anew from the .proto files. Needs Debian's protobuf-compiler.
set -eu
cd "$(dirname "$0")/.."
swift build --product protoc-gen-swift
swift build --product protoc-gen-grpc-swift-2
out=Sources/MoiraWire/Generated
mkdir -p "$out"
protoc --proto_path=Proto \
  --plugin=protoc-gen-swift=.build/debug/protoc-gen-swift \
  --plugin=protoc-gen-grpc-swift-2=.build/debug/protoc-gen-grpc-swift-2 \
  --swift_out="$out" --swift_opt=Visibility=Internal,FileNaming=DropPath,UseAccessLevelOnImports=true \
  --grpc-swift-2_out="$out" --grpc-swift-2_opt=Visibility=Internal,FileNaming=DropPath,UseAccessLevelOnImports=true \
  Proto/moira/v1/link.proto Proto/moira/v1/jobs.proto
