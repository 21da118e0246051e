print("select")
