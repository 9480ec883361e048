"""What the three rules ask of a member, as fields with indexes of the peer's own model of people."""
from trytond.model import Index, fields
from trytond.pool import PoolMeta


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    birthday = fields.Integer("Birthday", help="Month times 100 plus day.")
    tier = fields.Integer("Tier")
    last_order = fields.DateTime("Last Order")
    spend = fields.Integer("Spend of a Year")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
            Index(table, (table.birthday, Index.Range())),
            Index(table, (table.last_order, Index.Range())),
        })
