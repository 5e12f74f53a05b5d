package import Foundation

/// A day in UTC, written `2026-12-31`.
package struct CalendarDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    private let number: Int

    package init(_ date: Date) { number = Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) }

    /// nil for what is not a day of the calendar in that form.
    package init?(_ text: String) {
        guard text.wholeMatch(of: #/[0-9]{4}-[0-9]{2}-[0-9]{2}/#) != nil else { return nil }
        let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
        do { self.init(try style.parse(text)) } catch { return nil }
        guard description == text else { return nil }
    }

    package var description: String {
        Date(timeIntervalSince1970: Double(number) * 86_400)
            .formatted(Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }

    /// Days from the other day to this one.
    package func days(after other: CalendarDay) -> Int { number - other.number }
}
