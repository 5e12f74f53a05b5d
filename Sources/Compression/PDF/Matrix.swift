/// The linear part of a PDF matrix; where things are does not matter here, only how large.
struct Matrix: Equatable {
    var a = 1.0
    var b = 0.0
    var c = 0.0
    var d = 1.0

    static let identity = Matrix()

    init() {}
    init(a: Double, b: Double, c: Double, d: Double) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

    /// From the six numbers of `cm` or `/Matrix`; `nil` when they are not six.
    init?(_ numbers: some RandomAccessCollection<Double>) {
        let values = Array(numbers)
        guard values.count == 6, values.allSatisfy(\.isFinite) else { return nil }
        (a, b, c, d) = (values[0], values[1], values[2], values[3])
    }

    /// `self` applied first, then `outer`.
    func then(_ outer: Matrix) -> Matrix {
        Matrix(
            a: a * outer.a + b * outer.c, b: a * outer.b + b * outer.d, c: c * outer.a + d * outer.c,
            d: c * outer.b + d * outer.d)
    }

    /// Lengths of the unit square's sides.
    var width: Double { (a * a + b * b).squareRoot() }
    var height: Double { (c * c + d * d).squareRoot() }

    /// Lengths and angle of the sides: all that later lengths depend on. Rounded, to recognise a repeated drawing.
    var shape: [Int] {
        [width, height, a * c + b * d].map { value in
            let scaled = (value * 1000).rounded()
            return scaled.isFinite && abs(scaled) < 1e15 ? Int(scaled) : .max
        }
    }
}
