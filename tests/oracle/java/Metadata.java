import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the client asks the catalogue for on a program's behalf. */
final class Metadata {
    private static final String[] TYPES = {"int", "smallint", "bigint", "int8", "serial", "float",
        "smallfloat", "decimal(8,2)", "decimal(16)", "money(16,2)", "date",
        "datetime year to second", "datetime year to fraction(5)", "datetime hour to minute",
        "interval day to second", "interval year to month", "boolean", "char(20)", "nchar(20)",
        "varchar(30)", "nvarchar(30,5)", "lvarchar(500)", "byte", "text", "blob", "clob"};

    private Metadata() {
    }

    static void run() {
        Checks.check("product name and version", () -> {
            try (Connection connection = Checks.connect()) {
                DatabaseMetaData meta = connection.getMetaData();
                Checks.that(meta.getDatabaseProductName().contains("Informix"),
                    meta.getDatabaseProductName());
                Checks.that(meta.getDatabaseProductVersion().matches("\\d+\\.\\d+.*"),
                    meta.getDatabaseProductVersion());
                Checks.that(meta.getDatabaseMajorVersion() >= 9, "major version");
                Checks.equal(meta.getUserName(), "informix", "user");
            }
        });
        Checks.check("isValid, close, warnings", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.that(connection.isValid(5), "valid");
                connection.getWarnings();
                connection.clearWarnings();
                connection.close();
                Checks.that(connection.isClosed(), "closed");
            }
        });
        Checks.check("getCatalogs", () -> {
            try (Connection connection = Checks.connect();
                 ResultSet set = connection.getMetaData().getCatalogs()) {
                Set<Object> names = new HashSet<>();
                while (set.next()) {
                    names.add(set.getString(1).trim());
                }
                Checks.that(names.containsAll(List.of("sysmaster", "testdb")), names.toString());
            }
        });
        Checks.check("locales", () -> {
            Checks.connect("testdb", "DB_LOCALE=en_US.819;CLIENT_LOCALE=en_US.utf8").close();
            Checks.connect("testdb", "CLIENT_LOCALE=en_US.utf8").close();
        });
        Checks.check("getSchemas", () -> eachRow(m -> m.getSchemas(), 1));
        Checks.check("getTableTypes", () -> eachRow(m -> m.getTableTypes(), 1));
        Checks.check("getTypeInfo", () -> eachRow(m -> m.getTypeInfo(), 5));
        tables();
        Schema.run();
        Updatable.run();
    }

    interface Ask {
        ResultSet ask(DatabaseMetaData meta) throws Exception;
    }

    private static void eachRow(Ask ask, int least) throws Exception {
        try (Connection connection = Checks.connect()) {
            int rows = 0;
            try (ResultSet set = ask.ask(connection.getMetaData())) {
                while (set.next()) {
                    rows++;
                    for (int i = 1; i <= set.getMetaData().getColumnCount(); i++) {
                        set.getString(i);
                    }
                }
            }
            Checks.that(rows >= least, rows + " rows");
        }
    }

    private static void tables() {
        Checks.check("a table of every type is made", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.drop(connection, "md_child");
                StringBuilder columns = new StringBuilder();
                for (int i = 0; i < TYPES.length; i++) {
                    columns.append("c").append(i).append(' ').append(TYPES[i]).append(", ");
                }
                Checks.make(connection, "md_all", columns + "k1 int not null, k2 int not null,"
                    + " primary key (k2, k1) constraint md_pk");
                Checks.update(connection, "create index md_ix on md_all (c0, c19 desc)");
                Checks.make(connection, "md_child", "a int, b int,"
                    + " foreign key (a, b) references md_all (k2, k1) constraint md_fk");
            }
        });
        Checks.check("a view is told as one", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.update(connection, "create view vw_one as select c0 from md_all");
                Checks.equal(Checks.rows(connection.getMetaData().getTables(null, null, "vw\\_one",
                    null), s -> s.getString("TABLE_TYPE").trim()), List.of((Object) "VIEW"), "");
                Checks.update(connection, "drop view vw_one");
            }
        });
        Checks.check("getTables", () -> {
            try (Connection connection = Checks.connect()) {
                DatabaseMetaData meta = connection.getMetaData();
                Checks.equal(Checks.rows(meta.getTables(null, null, "md\\_%", null),
                    s -> s.getString("TABLE_NAME").trim() + " " + s.getString("TABLE_TYPE").trim())
                    .toString(), "[md_all TABLE, md_child TABLE]", "tables");
                Checks.equal(Checks.rows(meta.getTables("testdb", "informix", "md_all",
                    new String[] {"TABLE"}), s -> s.getString("TABLE_NAME").trim()),
                    List.of((Object) "md_all"), "by type");
                Checks.that(Checks.rows(meta.getTables(null, null, "systables",
                    new String[] {"SYSTEM TABLE"}), s -> s.getString(3)).size() == 1, "system");
            }
        });
        Checks.check("getColumns", () -> {
            try (Connection connection = Checks.connect();
                 ResultSet set = connection.getMetaData().getColumns(null, null, "md_all", "%")) {
                for (int i = 0; i < TYPES.length; i++) {
                    Checks.that(set.next(), "column " + i);
                    Checks.equal(set.getString("COLUMN_NAME").trim(), "c" + i, "name");
                    String type = TYPES[i].replaceAll("[ (].*", "");
                    String told = set.getString("TYPE_NAME").trim().toLowerCase();
                    Checks.that(told.startsWith(type), TYPES[i] + " is told as " + told);
                    Checks.equal(set.getInt("ORDINAL_POSITION"), i + 1, "position");
                    Checks.equal(set.getInt("NULLABLE"), type.equals("serial") ? 0 : 1,
                        TYPES[i] + " nullable");
                }
            }
        });
        Checks.check("getPrimaryKeys", () -> {
            try (Connection connection = Checks.connect()) {
                Set<Object> keys = new HashSet<>(Checks.rows(
                    connection.getMetaData().getPrimaryKeys(null, null, "md_all"),
                    s -> s.getString("COLUMN_NAME").trim() + " " + s.getShort("KEY_SEQ") + " "
                        + s.getString("PK_NAME").trim()));
                Checks.equal(keys, new HashSet<>(List.of((Object) "k2 1 md_pk", "k1 2 md_pk")),
                    "key");
            }
        });
        Checks.check("getIndexInfo", () -> {
            try (Connection connection = Checks.connect()) {
                List<Object> rows = Checks.rows(
                    connection.getMetaData().getIndexInfo(null, null, "md_all", false, true),
                    s -> s.getString("INDEX_NAME").trim() + " " + s.getString("COLUMN_NAME").trim()
                        + " " + s.getInt("ORDINAL_POSITION"));
                String all = rows.toString();
                Checks.that(all.contains("md_ix c0 1") && all.contains("md_ix c19 2"), all);
                Checks.that(all.contains("k2") && all.contains("k1"), all);
            }
        });
        Checks.check("getImportedKeys", () -> {
            try (Connection connection = Checks.connect()) {
                List<Object> rows = Checks.rows(
                    connection.getMetaData().getImportedKeys(null, null, "md_child"),
                    s -> s.getString("PKTABLE_NAME").trim() + "." + s.getString("PKCOLUMN_NAME")
                        .trim() + "<-" + s.getString("FKCOLUMN_NAME").trim());
                Checks.equal(new HashSet<>(rows),
                    new HashSet<>(List.of((Object) "md_all.k2<-a", "md_all.k1<-b")), "keys");
            }
        });
        Checks.check("getProcedures", () -> eachRow(m -> m.getProcedures(null, null, "%"), 0));
        Checks.check("getBestRowIdentifier", () -> eachRow(
            m -> m.getBestRowIdentifier(null, null, "md_all", 0, true), 0));
        Checks.check("getTablePrivileges", () -> eachRow(
            m -> m.getTablePrivileges(null, null, "md_all"), 0));
    }
}
