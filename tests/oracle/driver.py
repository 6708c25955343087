"""sqlid with connections of the published driver."""
from sqlid import NAME, PASSWORD, USER, Sqlid


def fetch(cursor, sql, parameters=None):
    cursor.execute(sql, parameters)
    return [tuple(row) for row in cursor.fetchall()]


class Server(Sqlid):
    def __init__(self, *options, **more):
        super().__init__(*options, **more)
        self.connections = []

    def connect(self, **options):
        import informix_db
        options = {"user": USER, "password": PASSWORD, "database": "testdb", "server": NAME,
                   "read_timeout": 30.0, "connect_timeout": 10.0, **options}
        connection = informix_db.connect(self.host, self.port, **options)
        self.connections.append(connection)
        return connection

    def close_connections(self):
        """What a check that failed has left open would be in the way of the next."""
        while self.connections:
            self.connections.pop().close()

    def make_testdb(self):
        connection = self.connect(database="sysmaster", autocommit=True)
        connection.cursor().execute("CREATE DATABASE testdb WITH LOG")
        connection.close()
        return self
