import OpsModel

extension ReleaseLaunch {
    /// The environment of the release in a slot, with what only a start knows filled in. Holds secrets.
    func variables(slot: Slot, port: Int) -> [String: String] {
        environment.mapValues { value in
            value.reveal().replacing("${slot:port}", with: String(port)).replacing("${slot:color}", with: slot.rawValue)
                .replacing("${release:name}", with: release.name)
        }
    }
}
