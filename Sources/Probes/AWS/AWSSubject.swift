package import AWSClient
import OpsModel

/// A resource of the AWS control plane, of some kind.
package struct AWSSubject<Kind: AWSKind>: ProbeSubject {
    package static var kind: String { Kind.kind }

    package let expectation: AWSExpectation
    private let access: AWSAccess

    package init(_ expectation: AWSExpectation, access: AWSAccess) {
        (self.expectation, self.access) = (expectation, access)
    }

    package var endpoint: String { "\(expectation.id) in \(expectation.region)" }

    package var hosts: [String] {
        let services = Set((Kind.questions.prefix(1) + furtherQuestions).flatMap(\.services))
        let hosts = Set(services.compactMap { access.endpoints.host(of: $0, region: expectation.region) })
        return hosts.sorted().flatMap { hostNames($0) }
    }

    package static var checks: [CheckDefinition] {
        let finding = Kind.questions.first?.permissions.joined(separator: ", ")
        return [
            CheckDefinition(
                "exists", "Is the resource there?", why: "what it does for the service is not done", in: .review,
                privilege: finding)
        ]
            + Kind.questions.flatMap { question in
                question.settings.map { setting in
                    CheckDefinition(
                        setting.key, setting.about.question, why: setting.about.why, in: .review,
                        privilege: question.permissions.joined(separator: ", "), isPosture: setting.isGrave)
                }
            }
    }

    /// The questions after the first one that settle what is asked for.
    private var furtherQuestions: [AWSQuestion] {
        Kind.questions.dropFirst().filter { question in
            question.settings.contains { expectation.settings[$0.key] != nil }
        }
    }

    package func look(_ visit: Visit) async -> AWSSnapshot {
        let session = AWSSession(
            access, region: expectation.region, http: visit.http, timeout: visit.time.forLooking,
            addresses: visit.addresses)
        var questioner = AWSQuestioner(session: session, target: expectation)
        let first = Kind.questions[0]
        do {
            questioner.resource = try await first.ask(questioner)
        } catch AWSError.absent {
            return AWSSnapshot(existence: .seen(false))
        } catch {
            return AWSSnapshot(existence: .untold(AWSSilence(error, permission: first.permissions.joined())))
        }
        let questions = furtherQuestions.filter { question in
            question.settings.contains { visit.asked.contains($0.key) }
        }
        let answers = await answers(to: questions, questioner)
        return AWSSnapshot(
            existence: .seen(true),
            settings: answers.reduce(into: read(first, in: questioner.resource)) { $0.merge($1) { $1 } })
    }

    private func answers(
        to questions: [AWSQuestion], _ questioner: AWSQuestioner
    ) async -> [[String: AWSSight<AWSValue>]] {
        await withTaskGroup(of: [String: AWSSight<AWSValue>].self) { group in
            for question in questions {
                group.addTask {
                    do {
                        return read(question, in: try await question.ask(questioner))
                    } catch {
                        let silence = AWSSilence(error, permission: question.permissions.joined(separator: ", "))
                        return Dictionary(question.settings.map { ($0.key, .untold(silence)) }) { first, _ in first }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func read(_ question: AWSQuestion, in document: AWSDocument) -> [String: AWSSight<AWSValue>] {
        var values: [String: AWSSight<AWSValue>] = [:]
        for setting in question.settings where expectation.settings[setting.key] != nil {
            do {
                values[setting.key] = .seen(try setting.read(document))
            } catch {
                values[setting.key] = .untold(AWSSilence(error, permission: question.permissions.joined()))
            }
        }
        return values
    }

    package static func judge(_ snapshot: AWSSnapshot, _ expectation: AWSExpectation, _ sheet: inout CheckSheet) {
        AWSJudge(snapshot: snapshot, expectation: expectation, settings: Kind.settings).judge(&sheet)
    }

    package static var selfTest: SelfTest<AWSSubject> { awsSelfTest() }
}
