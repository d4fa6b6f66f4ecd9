"""One page: from HEAD and GET, redirects and retries, walls and fragments, to a verdict."""
