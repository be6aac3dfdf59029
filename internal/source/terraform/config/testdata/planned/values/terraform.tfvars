fromtfvars = ["x", 1]
auto       = "low"
nn         = null
