import Foundation

/// log n!; exact to 1e-12 (Stirling's series: Abramowitz and Stegun, 6.1.41). glibc's lgamma writes a global variable.
func logFactorial(_ number: Int) -> Double {
    if number < small.count { return small[number] }
    let n = Double(number)
    return (n + 0.5) * Foundation.log(n) - n + 0.5 * Foundation.log(2 * Double.pi) + 1 / (12 * n) - 1
        / (360 * n * n * n)
}

/// log of the number of ways to choose `k` of `n`; −∞ where there is none.
func logChoose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return -.infinity }
    return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

private let small: [Double] = {
    var logs = [0.0]
    for number in 1...255 { logs.append(logs[number - 1] + Foundation.log(Double(number))) }
    return logs
}()
