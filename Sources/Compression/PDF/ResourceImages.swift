/// Collects every image that a resource dictionary leads to.
struct ResourceImages {
    private(set) var images: Set<ObjectID> = []
    /// Not everything was seen: the nesting was too deep, or a name could not be read.
    private(set) var isIncomplete = false
    private var visited: Set<ObjectID> = []

    mutating func visit(_ resources: PDFObject?, depth: Int) {
        guard let resources else { return }
        if let identity = resources.identity, !visited.insert(identity).inserted { return }
        guard depth <= 32 else {
            isIncomplete = true
            return
        }
        for object in entries(resources["/XObject"]) {
            if object["/Subtype"]?.name == "/Image" {
                if let identity = object.identity { images.insert(identity) }
            } else {
                visitContent(object, depth)
            }
        }
        for pattern in entries(resources["/Pattern"]) { visitContent(pattern, depth) }
        for state in entries(resources["/ExtGState"]) {
            if let group = state["/SMask"]?["/G"] { visitContent(group, depth) }
        }
        for font in entries(resources["/Font"]) where font["/Subtype"]?.name == "/Type3" {
            visit(font["/Resources"], depth: depth + 1)
        }
    }

    private mutating func visitContent(_ content: PDFObject, _ depth: Int) {
        guard let identity = content.identity, visited.insert(identity).inserted else { return }
        visit(content["/Resources"], depth: depth + 1)
    }

    private mutating func entries(_ dictionary: PDFObject?) -> [PDFObject] {
        guard let dictionary else { return [] }
        if !dictionary.hasReadableKeys { isIncomplete = true }
        return dictionary.keys.compactMap { dictionary[$0] }
    }
}
