resource "terraform_data" "back" { input = { o = module.m["q"].out, t = terraform_data.two[*].input, t0 = terraform_data.two[0].input } }
