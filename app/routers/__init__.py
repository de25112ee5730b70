"""HTTP in, one service call, HTTP out. A route is the API's documentation: what it says is published."""
