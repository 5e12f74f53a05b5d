/// Runs `body` to its end also when the task is cancelled: what was stored is removed again.
func shielded<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    await Task { await body() }.value
}
