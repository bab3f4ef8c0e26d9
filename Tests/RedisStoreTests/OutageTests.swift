import NIOCore
import NIOPosix
import RedisStore
import TestSupport
import Testing

extension RedisTests {
    @Suite struct OutageTests {
        @Test func `a killed server fails callers at once, and is used within five seconds of its return`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                try await test.set("key", "x")
                server.kill()
                #expect(try await eventually(within: .seconds(1)) { test.client.state != .ready } != nil)
                for _ in 0..<100 {
                    let (error, time) = await test.failure()
                    guard case .unavailable(let reason) = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    #expect(!reason.isEmpty && time < .milliseconds(50))
                }
                // Long enough for the waits to have grown to their longest.
                #expect(try await eventually(within: .seconds(4)) { false } == nil)
                #expect(test.reason == "the connection was refused")
                try await server.restart()
                let recovery = try await eventually { await test.failure().error == nil }
                #expect(recovery.map { $0 < .seconds(5) } == true)
                #expect(test.log.warnings.count == 1)
                #expect(test.log.notices.count == 1)
            }
        }

        @Test func `callers who wait when the server dies hear of it`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.commandDeadline = .seconds(20)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                server.pause()
                let tasks = (0..<50).map { _ in Task { await test.failure() } }
                // Most are sent by then; whether they are or not, all must hear of it.
                try await Task.sleep(for: .milliseconds(50))
                server.kill()
                for task in tasks {
                    let (error, time) = await task.value
                    switch error {
                    case .connectionLost, .unavailable: #expect(time < .seconds(5))
                    default: Issue.record("\(String(describing: error))")
                    }
                }
            }
        }

        @Test func `a stopped server costs callers one deadline, and nothing later`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                server.pause()
                let tasks = (0..<100).map { _ in Task { await test.failure() } }
                for task in tasks {
                    let (error, time) = await task.value
                    switch error {
                    case .timeout, .connectionLost, .unavailable: #expect(time < .milliseconds(400))
                    default: Issue.record("\(String(describing: error))")
                    }
                }
                #expect(test.outcomes.all.contains(.timeout))
                // Until the attempts to connect have run into their own deadline more than once.
                var times: [Duration] = []
                _ = try await eventually(within: .seconds(3)) {
                    let (error, time) = await test.failure()
                    guard case .unavailable = error else { return true }
                    times.append(time)
                    return false
                }
                #expect(times.count > 100)
                // One in a hundred may have met a busy machine.
                #expect(times.sorted()[times.count * 99 / 100] < .milliseconds(5))
                server.resume()
                let recovery = try await eventually { await test.failure().error == nil }
                #expect(recovery.map { $0 < .seconds(5) } == true)
                #expect(test.log.warnings.count == 1 && test.log.notices.count == 1)
            }
        }

        @Test func `a wrong password is said, never shown, and not tried again and again`() async throws {
            let server = try await RedisServer(password: "right")
            try await TestClient.run(server.url(password: "hunter2"), isReady: false) { test async throws in
                let error = await #expect(throws: RedisError.self) { try await test.client.waitUntilReady(within: .seconds(5)) }
                #expect(error?.description.contains("refuses the user or the password") == true)
                #expect(test.reason.contains("WRONGPASS"))
                let attempts = try await TestClient.attempts(server.url(password: "right"), within: .seconds(3))
                #expect(attempts <= 3)
                let told = test.log.warnings + ["\(test.client.state)", "\(error as (any Error)?)"]
                #expect(told.count == 3 && told.allSatisfy { !$0.contains("hunter2") })
            }
        }

        @Test(arguments: [
            "-ERR unknown command 'AUTH', with args beginning with: 'hunter2'\r\n",
            "-ERR AUTH <password> called without any password configured for the default user.\r\n", "-hunter2\r\n",
        ])
        func `a server that repeats the password does not bring it into the log`(_ greeting: String) async throws {
            let server = try await HostileServer(greeting: greeting, answer: ByteBuffer())
            try await TestClient.run(server.url.replacing("://", with: "://:hunter2@"), isReady: false) { test async throws in
                #expect(try await eventually { !test.log.warnings.isEmpty && !test.reason.isEmpty } != nil)
                #expect((test.log.warnings + [test.reason]).allSatisfy { $0.contains("password") && !$0.contains("hunter2") })
            }
            try await server.stop()
        }

        @Test func `a missing password is said`() async throws {
            let server = try await RedisServer(password: "right")
            for database in [0, 1] {
                try await TestClient.run(server.url(database: database), isReady: false) { test async throws in
                    await #expect(throws: RedisError.unavailable(reason: "the server asks for a password, and none is set")) {
                        try await test.client.waitUntilReady(within: .seconds(5))
                    }
                }
            }
        }

        @Test func `a user and a password with every character are accepted`() async throws {
            let server = try await RedisServer(password: "a#b/c?d@e%20f")
            try await TestClient.run(server.url(password: "a#b/c?d@e%2520f")) { test in try await test.set("key", "x") }
            try await TestClient.run(server.url(user: "default", password: "a%23b%2Fc%3Fd%40e%2520f")) { test async throws in
                #expect(try await test.get("key") == "x")
            }
        }

        @Test func `a user of the server's list may lack the permission to give names`() async throws {
            let server = try await RedisServer(options: ["--user", "app", "on", ">secret", "~*", "+@all", "-client"])
            try await TestClient.run(server.url(user: "app", password: "secret")) { test async throws in
                #expect(try await test.client.send(RedisCommand("ACL", "WHOAMI")).string == "app")
            }
        }

        @Test func `a wrong database is said`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(database: 99), isReady: false) { test async throws in
                let error = await #expect(throws: RedisError.self) { try await test.client.waitUntilReady(within: .seconds(5)) }
                #expect(error?.description.contains("refuses database 99") == true)
            }
        }

        @Test func `another password after a restart is said, and the right one works again`() async throws {
            let server = try await RedisServer(password: "one")
            try await TestClient.run(server.url(password: "one")) { test async throws in
                try await server.restart(password: "two")
                #expect(try await eventually { test.reason.contains("refuses the user or the password") } != nil)
                try await server.restart(password: "one")
                let recovery = try await eventually { test.client.state == .ready }
                #expect(recovery.map { $0 < .seconds(5) } == true)
            }
        }

        @Test func `nobody waits for a server that is not there`() async throws {
            let server = try await RedisServer()
            server.kill()
            try await TestClient.run(server.url(), isReady: false) { test async throws in
                await #expect(throws: RedisError.unavailable(reason: "the connection was refused")) {
                    try await test.client.waitUntilReady(within: .seconds(5))
                }
                #expect(await test.failure().time < .milliseconds(50))
            }
        }

        @Test func `the wait for the first attempt has an end, and so has a command before it`() async throws {
            let server = try await RedisServer()
            server.pause()
            try await TestClient.run(server.url(), isReady: false) { test async throws in
                await #expect(throws: RedisError.timeout) { try await test.client.waitUntilReady(within: .milliseconds(50)) }
                #expect(await test.failure().error == .unavailable(reason: "not yet connected"))
                let waiting = Task { try await test.client.waitUntilReady(within: .seconds(60)) }
                waiting.cancel()
                await #expect(throws: RedisError.cancelled) { try await waiting.value }
                server.resume()
                #expect(try await eventually { test.client.state == .ready } != nil)
            }
        }

        @Test func `after shutdown nothing is sent, and it may be said twice`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                let stream = test.client.subscribe(["channel"])
                await test.client.shutdown()
                #expect(await test.failure().error == .unavailable(reason: "shut down"))
                for await _ in stream {}
                await test.client.shutdown()
                for await _ in test.client.subscribe(["channel"]) { Issue.record("heard something") }
                test.client.start()
                #expect(test.reason == "shut down")
            }
        }

        @Test func `commands go over TLS, with a certificate that is looked at`() async throws {
            let server = try await RedisServer(password: "secret", isEncrypted: true)
            var limits = RedisLimits()
            limits.certificateAuthorities = server.certificate
            for host in ["localhost", "127.0.0.1"] {
                try await TestClient.run(server.url(password: "secret", host: host), limits: limits) { test async throws in
                    try await test.set("key", "x")
                    #expect(try await test.get("key") == "x")
                    server.pause()
                    #expect(await test.failure().error == .timeout)
                    server.resume()
                    let recovery = try await eventually { await test.failure().error == nil }
                    #expect(recovery.map { $0 < .seconds(5) } == true)
                }
            }
            try await TestClient.run(server.url(password: "secret", host: "localhost"), isReady: false) { test async throws in
                await #expect(throws: RedisError.unavailable(reason: "the server's certificate is not trusted")) {
                    try await test.client.waitUntilReady(within: .seconds(5))
                }
            }
        }

        @Test func `a certificate for another host is refused`() async throws {
            let server = try await RedisServer(isEncrypted: true, names: "DNS:other.example")
            var limits = RedisLimits()
            limits.certificateAuthorities = server.certificate
            for host in ["localhost", "127.0.0.1"] {
                try await TestClient.run(server.url(host: host), limits: limits, isReady: false) { test async throws in
                    await #expect(throws: RedisError.unavailable(reason: "the server's certificate is for another host")) {
                        try await test.client.waitUntilReady(within: .seconds(5))
                    }
                }
            }
        }

        @Test func `a host that nobody knows is said within the deadline`() async throws {
            try await TestClient.run("redis://nowhere.invalid", isReady: false) { test async throws in
                await #expect(throws: RedisError.self) { try await test.client.waitUntilReady(within: .seconds(5)) }
                #expect(["the host is not known", "no answer in time"].contains(test.reason))
            }
        }

        @Test func `a server without TLS is said, and a file that is none`() async throws {
            let server = try await RedisServer()
            try await TestClient.run("rediss://127.0.0.1:\(server.port)", isReady: false) { test async throws in
                await #expect(throws: RedisError.self) { try await test.client.waitUntilReady(within: .seconds(5)) }
                #expect(!test.reason.isEmpty)
            }
            var limits = RedisLimits()
            limits.certificateAuthorities = "/nowhere.pem"
            await #expect(throws: RedisError.self) { try await TestClient.run("rediss://127.0.0.1:1", limits: limits) { _ in } }
        }
    }
}
