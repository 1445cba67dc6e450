"""x"""
def shop_in_october(stage): pass
def shop_in_november(stage): pass
def held_points(stage): return 0
