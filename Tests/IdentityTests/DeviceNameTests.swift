import Identity
import Testing

@Suite struct DeviceNameTests {
    @Test(arguments: DeviceExample.all)
    func `is what people call it`(_ example: DeviceExample) {
        let name = DeviceName(userAgent: example.userAgent)
        #expect(name.description == example.name)
        #expect(name.kind == example.kind)
    }

    @Test(
        arguments: [
            "", " ", "()", "(", ")", ")(", "((((", "/", "/1.0", "1/2", "\u{0}\u{1}\u{1B}[31m", "\u{202E}\u{2066}", "王", "<script>", "; ; ;",
            "Mozilla/5.0",
            "Mozilla/5.0 ()", "Mozilla/5.0 (compatible)", "Mozilla/5.0 (compatible; )", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko)",
        ]
    )
    func `what says nothing is an unknown program`(_ userAgent: String) {
        let name = DeviceName(userAgent: userAgent)
        #expect(name.description == "An unknown program")
        #expect(name.program == nil)
        #expect(name.kind == .program)
    }

    @Test(
        arguments: [
            ("evil\u{202E}txt.exe/1", "evil"), ("a\u{0}b/1", "a"), ("na<b>me/1", "na"), ("tool\u{1B}[2J", "tool"), ("ok\r\nSet-Cookie:x", "ok"),
            ("Mozilla/5.0 (X11; Linux\u{202E}) Tool\u{2066}/1", "Tool on Linux"), ("e\u{301}vil/1", "e"), ("curl\u{200B}/1", "curl"),
            (String(repeating: "x", count: 600) + "/1", String(repeating: "x", count: 40)),
            (String(repeating: "x", count: 100) + " (iPhone)", String(repeating: "x", count: 40) + " on iPhone"),
        ]
    )
    func `shows nothing that deceives, and little of what is long`(_ userAgent: String, _ expected: String) {
        let name = DeviceName(userAgent: userAgent).description
        #expect(name == expected)
        #expect(name.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) } && name.count <= 60)
    }

    @Test(arguments: ["(", "(a;", ")", "/", " ", "Mozilla/5.0 (", "compatible;", "(compatible;", "\u{1F980}", "a\u{301}", "\u{0}", "Chrome/1 "])
    func `a megabyte of anything takes no time`(_ text: String) {
        let userAgent = "Mozilla/5.0 " + String(repeating: text, count: 1_000_000 / text.utf8.count)
        let duration = ContinuousClock().measure {
            #expect(DeviceName(userAgent: userAgent).description.count <= 60)
        }
        #expect(duration < .milliseconds(250))
    }

    @Test func `a character that is cut in two does no harm`() {
        for length in 1000...1030 {
            let name = DeviceName(userAgent: "curl/8 " + String(repeating: "a", count: length) + "\u{1F980}\u{1F980}").description
            #expect(name == "curl")
        }
    }
}

struct DeviceExample: Sendable, CustomTestStringConvertible {
    let userAgent: String
    let name: String
    let kind: DeviceName.Kind

    var testDescription: String { "\(name): \(userAgent)" }

    init(_ name: String, _ kind: DeviceName.Kind, _ userAgent: String) {
        self.name = name
        self.kind = kind
        self.userAgent = userAgent
    }

    static let all = desktop + mobile + programs

    private static let desktop: [DeviceExample] = [
        .init("Firefox on Linux", .desktop, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
        .init("Firefox on Linux", .desktop, "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        .init("Firefox on Linux", .desktop, "Mozilla/5.0 (Wayland; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        .init("Firefox on Windows", .desktop, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"),
        .init("Firefox on macOS", .desktop, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0"),
        .init("Firefox", .desktop, "Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        .init(
            "Chrome on Windows", .desktop,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
        .init(
            "Chrome on macOS", .desktop,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
        .init("Chrome on Linux", .desktop, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
        .init(
            "Chromium on Linux", .desktop,
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/80.0.3987.163 Chrome/80.0.3987.163 Safari/537.36"),
        .init(
            "Chrome on ChromeOS", .desktop,
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
        .init(
            "Edge on Windows", .desktop,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"),
        .init(
            "Edge on macOS", .desktop,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"),
        .init(
            "Edge on Windows", .desktop,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763"),
        .init(
            "Opera on Linux", .desktop,
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0"),
        .init("Opera on Windows", .desktop, "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18"),
        .init(
            "Safari on macOS", .desktop,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"),
        .init(
            "A WebKit browser on Linux", .desktop,
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"),
        .init("Internet Explorer on Windows", .desktop, "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"),
        .init("Internet Explorer on Windows", .desktop, "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)"),
        .init("Thunderbird on Linux", .desktop, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0"),
    ]

    private static let mobile: [DeviceExample] = [
        .init(
            "Safari on iPhone", .phone,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1"),
        .init(
            "Chrome on iPhone", .phone,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.77 Mobile/15E148 "
                + "Safari/604.1"),
        .init(
            "Firefox on iPhone", .phone,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/605.1.15"
        ),
        .init(
            "Edge on iPhone", .phone,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 EdgiOS/142.0.3595.65 "
                + "Mobile/15E148 Safari/604.1"),
        .init(
            "An unknown program on iPhone", .phone,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"),
        .init(
            "Safari on iPad", .tablet,
            "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1"),
        .init(
            "Chrome on iPad", .tablet,
            "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1"),
        .init(
            "Chrome on Android", .phone,
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"),
        .init(
            "Chrome on Android", .tablet, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
        .init(
            "Chrome on Android", .phone,
            "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240105.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
                + "Chrome/142.0.7444.102 Mobile Safari/537.36"),
        .init("Firefox on Android", .phone, "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"),
        .init("Firefox on Android", .tablet, "Mozilla/5.0 (Android 15; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0"),
        .init(
            "Samsung Internet on Android", .phone,
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36"),
        .init(
            "Edge on Android", .phone,
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0"),
        .init(
            "Opera on Android", .phone,
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 OPR/92.0.0.0"),
        .init(
            "Android Browser on Android", .phone,
            "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; Galaxy S II Build/GRJ22) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile "
                + "Safari/534.30"),
    ]

    private static let programs: [DeviceExample] = [
        .init("curl", .program, "curl/8.14.1"),
        .init("Wget on Linux", .program, "Wget/1.21.3 (linux-gnu)"),
        .init("python-requests", .program, "python-requests/2.32.5"),
        .init("Python-urllib", .program, "Python-urllib/3.13"),
        .init("Go-http-client", .program, "Go-http-client/2.0"),
        .init("okhttp", .program, "okhttp/4.12.0"),
        .init("PostmanRuntime", .program, "PostmanRuntime/7.49.1"),
        .init("git", .program, "git/2.51.0"),
        .init("Dalvik on Android", .program, "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A.240105.004)"),
        .init("Landing", .program, "Landing"),
        .init(
            "Headless Chrome on Linux", .program,
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36"),
        .init("Googlebot", .program, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        .init(
            "Googlebot on Android", .program,
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile "
                + "Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ]
}
