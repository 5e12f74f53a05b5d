# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production
# This layer needs nothing from another one.
