"""Looks for AI that is in use: files, caches, registries, endpoints, manifests. It judges nothing."""
