old = { a = 1 }
