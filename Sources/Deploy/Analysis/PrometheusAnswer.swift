import Foundation

/// The one number of an instant query's answer (Prometheus, HTTP API: instant queries; vectors and scalars).
enum PrometheusAnswer {
    private struct Envelope: Decodable {
        let status: String
        let data: Payload
    }

    private struct Payload: Decodable {
        let resultType: String
        /// Texts of the samples' values.
        let values: [String]

        private enum Keys: String, CodingKey { case resultType, result }

        private struct Series: Decodable { let value: Sample }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            resultType = try container.decode(String.self, forKey: .resultType)
            switch resultType {
            case "vector": values = try container.decode([Series].self, forKey: .result).map(\.value.text)
            case "scalar": values = [try container.decode(Sample.self, forKey: .result).text]
            default: values = []
            }
        }
    }

    /// `[1700000000.1, "12"]`
    private struct Sample: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            _ = try container.decode(Double.self)
            text = try container.decode(String.self)
        }
    }

    static func number(in body: [UInt8], query: String) throws(PrometheusError) -> Int {
        let envelope: Envelope
        do { envelope = try JSONDecoder().decode(Envelope.self, from: Data(body)) } catch {
            throw .unusable(query: query, why: "it is not an answer of /api/v1/query")
        }
        guard envelope.status == "success", ["vector", "scalar"].contains(envelope.data.resultType) else {
            throw .unusable(query: query, why: "status \(envelope.status), a \(envelope.data.resultType)")
        }
        guard let text = envelope.data.values.first else { throw .noData(query: query) }
        guard envelope.data.values.count == 1 else {
            throw .unusable(query: query, why: "\(envelope.data.values.count) series")
        }
        // Prometheus writes NaN and +Inf, which Double reads. `increase` extrapolates: parts of a request are rounded.
        guard let number = Double(text), number.isFinite, number >= 0, number < 1e15 else {
            throw .unusable(query: query, why: "the value is \(text)")
        }
        return Int(number.rounded())
    }
}
