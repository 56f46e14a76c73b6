"""What applications send back: calls and feedback, each by itself, so that one bad event spoils no
other."""
