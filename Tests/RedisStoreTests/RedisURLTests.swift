import Testing

@testable import RedisStore

@Suite struct RedisURLTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let user: String?
        let password: String?
        let host: String
        let port: Int
        let database: Int

        init(_ text: String, user: String? = nil, password: String? = nil, _ host: String, _ port: Int = 6379, _ database: Int = 0) {
            (self.text, self.user, self.password, self.host, self.port, self.database) = (text, user, password, host, port, database)
        }

        var testDescription: String { text }
    }

    @Test(arguments: [
        Row("redis://localhost", "localhost"),
        Row("redis://localhost/", "localhost"),
        Row("REDIS://localhost:6380/3", "localhost", 6380, 3),
        Row("rediss://cache.internal:1/15", "cache.internal", 1, 15),
        Row("redis://:secret@redis", password: "secret", "redis"),
        Row("redis://app:secret@redis:65535", user: "app", password: "secret", "redis", 65_535),
        Row("redis://app:@redis", user: "app", password: "", "redis"),
        Row("redis://:@redis", "redis"),
        Row("redis://@redis", "redis"),
        Row("redis://[::1]", "::1"),
        Row("redis://:secret@[2001:db8::7]:7000/2", password: "secret", "2001:db8::7", 7_000, 2),
        Row("redis://a%40b:p%23%2F%3f%40%25%3A@redis", user: "a@b", password: "p#/?@%:", "redis"),
        Row("redis://:gr%C3%BCn@redis", password: "grün", "redis"),
        Row("redis://:a:b@redis", password: "a:b", "redis"),
        Row("redis://:p#w@redis/1", password: "p#w", "redis", 6379, 1),
        Row("redis://:p/w@redis", password: "p/w", "redis"),
        Row("redis://:p?w@redis", password: "p?w", "redis"),
        Row("redis://:p@w@redis", password: "p@w", "redis"),
        Row("redis://app:p/w?x#y@redis:1/2", user: "app", password: "p/w?x#y", "redis", 1, 2),
    ])
    func `a URL is read`(_ row: Row) throws {
        let url = try RedisURL(row.text)
        #expect(url.user == row.user && url.password == row.password)
        #expect(url.host == row.host && url.port == row.port && url.database == row.database)
        #expect(url.isEncrypted == row.text.hasPrefix("rediss"))
    }

    @Test(
        arguments: [
            ("", .scheme), ("localhost:6379", .scheme), ("http://localhost", .scheme), ("redis:localhost", .scheme),
            ("redis://", .host), ("redis://:6379", .host), ("redis://a b", .host), ("redis://[::1", .host), ("redis://[host]", .host),
            ("redis://[::1]6379", .host), ("redis://::1", .host), ("redis://:secret@", .host), ("redis://hé", .host),
            ("redis://host:", .port), ("redis://host:0", .port), ("redis://host:65536", .port), ("redis://host:+1", .port),
            ("redis://host:99999999999999999999", .port),
            ("redis://host/x", .database), ("redis://host/-1", .database), ("redis://host/0/1", .database), ("redis://host/99999999999", .database),
            ("redis://host/0?db=1", .query), ("redis://host#0", .query),
            ("redis://secret@host", .userWithoutPassword),
            ("redis://:100%@host", .escape), ("redis://:%zz@host", .escape), ("redis://:%+1@host", .escape), ("redis://:%ff@host", .escape),
            ("redis://:a@b/c@host", .ambiguous), ("redis://host/0?x=@y", .ambiguous), ("redis://user:123#x@host", .ambiguous),
        ] as [(String, RedisURLProblem)])
    func `what is wrong is said`(_ text: String, _ problem: RedisURLProblem) {
        #expect(throws: problem) { try RedisURL(text) }
    }

    @Test func `a problem shows how to write it, and never what was written`() {
        for problem in RedisURLProblem.allCases { #expect(!problem.description.isEmpty) }
        #expect(RedisURLProblem.ambiguous.description.contains("@ as %40"))
        #expect(RedisURLProblem.escape.description.contains("% as %25"))
    }

    @Test func `the password is shown nowhere`() throws {
        let url = try RedisURL("rediss://app:hunter2@[::1]:7000/3")
        var dumped = ""
        dump(url, to: &dumped)
        for text in ["\(url)", String(reflecting: url), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("rediss://app:***@[::1]:7000/3"))
        }
        #expect("\(try RedisURL("redis://localhost"))" == "redis://localhost:6379/0")
    }
}
