"""HTTP transport for panels: connections, proxies, redirects, retries, pacing and bodies on disk."""
