"""Small programs that the lab starts inside a namespace, each a process of its own."""
