import App
import ArgumentParser

@main
struct Landing {
    static func main() async { await LandingCommand.start() }
}
