"""The blueprint of the store's JSON, which its rooms fill."""

from volunteer_app.web.api import api_blueprint

blueprint = api_blueprint("store", about="Goods for points: price list, orders, counter, stock")
