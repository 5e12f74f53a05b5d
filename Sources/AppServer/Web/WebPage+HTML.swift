extension WebPage {
    static let html = "<!doctype html><title>todo</title>"
    static let css = ""
    static let script = ""
    static let icon = ""
}
