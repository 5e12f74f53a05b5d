/// What requests say of who sends them, when their caller does not: AWS's common rules for firewalls refuse those that are
/// silent. The version is that of the command.
package let userAgent = "opsctl/0.1.0"
