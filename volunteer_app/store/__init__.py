"""Goods for points: a shelf, orders, a counter, vouchers, exchange. Knows nothing of rosters.

A room knows those under it and none above or beside: exchange, vouchers > counter > orders > lending, partners >
shelf, opening. What all of them share lies beside the rooms: keys, accounts, refusals, the blueprints.
"""
