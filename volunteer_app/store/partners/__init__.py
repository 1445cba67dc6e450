"""With whom the store works: shops that take vouchers, communities that exchange goods."""
