import TestSupport
import Testing

/// Everything that needs a server, one after the other: some measure time, and each server takes memory.
@Suite(.serialized, .enabled(if: MongoTestDatabase.isAvailable, "mongod is missing; .ci/mongod gets it")) struct MongoTests {}
