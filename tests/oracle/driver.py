"""sqlid with connections of the published driver."""
from sqlid import NAME, PASSWORD, USER, Sqlid


class Server(Sqlid):
    def connect(self, **options):
        import informix_db
        options = {"user": USER, "password": PASSWORD, "database": "testdb", "server": NAME,
                   "read_timeout": 30.0, "connect_timeout": 10.0, **options}
        return informix_db.connect(self.host, self.port, **options)

    def make_testdb(self):
        connection = self.connect(database="sysmaster", autocommit=True)
        connection.cursor().execute("CREATE DATABASE testdb WITH LOG")
        connection.close()
        return self
