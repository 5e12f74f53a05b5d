@main struct Opsctl { static func main() { print("opsctl") } }
