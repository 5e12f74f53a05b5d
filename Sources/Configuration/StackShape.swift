extension ObjectShape {
    static let stack = ObjectShape([])
}
