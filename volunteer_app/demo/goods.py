"""x"""
def open_store(session, *, keeper, now): pass
