"""A recorded contract of the Kubernetes API: versions, patches, server-side apply, published schemas; no cluster behind it."""
