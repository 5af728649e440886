import ArgumentParser
import Crypto
import GRDB
import _CryptoExtras
print("x")
