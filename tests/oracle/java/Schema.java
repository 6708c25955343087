import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A schema of every scalar type, and what the client tells about it, against what was made. */
final class Schema {
    private static final String[] MAKE = {
        "create table sc_country (id serial, code char(2) not null, name varchar(60,10),"
            + " primary key (id) constraint pk_country,"
            + " unique (code, name) constraint uq_country)",
        "create table sc_all ("
            + " a bigserial, b smallint default -7, c int default 42, d int8, e bigint default 1,"
            + " f float, g smallfloat, h decimal(8,2) default 1.5, i decimal(16), j money(10,2),"
            + " k date default today, l datetime year to second default current year to second,"
            + " m datetime year to fraction(3), n datetime hour to minute,"
            + " o interval day(3) to second, p interval year(4) to month,"
            + " q boolean default 't', r char(10) default user, s nchar(5), t varchar(20,5)"
            + " default 'abc', u nvarchar(30) not null, v lvarchar(500) default 'it''s', w text,"
            + " x byte, y blob, z clob, country int8,"
            + " check (b < 100) constraint ck_b,"
            + " primary key (u, a) constraint pk_all)",
        "create table sc_child (u nvarchar(30), a bigint, country int not null,"
            + " foreign key (u, a) references sc_all (u, a) on delete cascade"
            + " constraint fk_all,"
            + " foreign key (country) references sc_country constraint fk_country)",
        "create unique index ix_name on sc_country (name, id desc)",
        "create index ix_h on sc_all (h)",
        "grant select, insert on sc_country to bob with grant option",
        "grant update (name) on sc_country to alice",
        "revoke all on sc_country from public",
    };

    private static final String[] OBJECTS = {
        "create table so_table (a int, b varchar(10))",
        "create view so_view (x, y) as select a, b from so_table",
        "create synonym so_synonym for so_table",
        "create row type so_row (a int)",
        "create function so_function(a int, b varchar(10) default 'x')"
            + " returning int as k, decimal(8,2); return a, 1.5; end function",
        "create procedure so_procedure(a date, out b int, inout c char(3)) let b = 1;"
            + " end procedure",
    };

    /** name type JDBC-type size digits nullable default autoincrement */
    private static final List<String> COLUMNS = List.of(
        "a bigserial -5 19 0 0 null YES",
        "b smallint 5 5 0 1 -7 NO",
        "c integer 4 10 0 1 42 NO",
        "d int8 -5 19 0 1 null NO",
        "e bigint -5 19 0 1 1 NO",
        "f float 6 15 0 1 null NO",
        "g smallfloat 7 7 0 1 null NO",
        "h decimal 3 8 2 1 1.50 NO",
        "i decimal 3 16 0 1 null NO",
        "j money 3 10 2 1 null NO",
        "k date 91 10 0 1 today NO",
        "l datetime year to second 93 19 0 1 current NO",
        "m datetime year to fraction(3) 93 23 0 1 null NO",
        "n datetime hour to minute 92 5 0 1 null NO",
        "o interval day to second 1111 - 0 1 null NO",
        "p interval year to month 1111 - 0 1 null NO",
        "q boolean 16 1 0 1 t NO",
        "r char 1 10 0 1 'user' NO",
        "s nchar -15 5 0 1 null NO",
        "t varchar 12 20 0 1 'abc' NO",
        "u nvarchar -9 30 0 0 null NO",
        "v lvarchar -1 500 0 1 it's NO",
        "w text -1 2147483647 0 1 null NO",
        "x byte -4 2147483647 0 1 null NO",
        "y blob 2004 2147483647 0 1 null NO",
        "z clob 2005 2147483647 0 1 null NO",
        "country int8 -5 19 0 1 null NO");

    private Schema() {
    }

    private static String text(ResultSet set, String column) throws Exception {
        String value = set.getString(column);
        return value == null ? null : value.trim();
    }

    private static List<String> rows(ResultSet set, String... columns) throws Exception {
        List<String> rows = new ArrayList<>();
        try (set) {
            while (set.next()) {
                List<String> values = new ArrayList<>();
                for (String column : columns) {
                    values.add(text(set, column));
                }
                rows.add(String.join(" ", values));
            }
        }
        return rows;
    }

    private static String column(ResultSet set) throws Exception {
        String type = text(set, "TYPE_NAME");
        // The client shows a qualifier as a number here.
        String size = type.startsWith("interval") ? "-" : text(set, "COLUMN_SIZE");
        return text(set, "COLUMN_NAME") + " " + type + " " + set.getInt("DATA_TYPE") + " " + size
            + " " + set.getInt("DECIMAL_DIGITS") + " " + set.getInt("NULLABLE") + " "
            + text(set, "COLUMN_DEF") + " " + text(set, "IS_AUTOINCREMENT");
    }

    private interface Look {
        void at(DatabaseMetaData meta) throws Exception;
    }

    private static void check(String name, Look look) {
        Checks.check("schema: " + name, () -> {
            try (Connection connection = Checks.connect()) {
                look.at(connection.getMetaData());
            }
        });
    }

    private static void keys() {
        check("primary keys", meta -> {
            Checks.equal(new TreeSet<>(rows(meta.getPrimaryKeys(null, null, "sc_all"),
                "COLUMN_NAME", "KEY_SEQ", "PK_NAME")).toString(), "[a 2 pk_all, u 1 pk_all]",
                "two columns");
            Checks.equal(rows(meta.getPrimaryKeys("testdb", "informix", "sc_country"),
                "COLUMN_NAME", "KEY_SEQ", "PK_NAME").toString(), "[id 1 pk_country]", "one");
            Checks.equal(rows(meta.getPrimaryKeys(null, null, "sc_child"), "COLUMN_NAME")
                .toString(), "[]", "none");
        });
        String[] columns = {"PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME",
            "KEY_SEQ", "UPDATE_RULE", "DELETE_RULE", "FK_NAME", "PK_NAME"};
        String all = "sc_all a sc_child a 2 1 0 fk_all pk_all, "
            + "sc_all u sc_child u 1 1 0 fk_all pk_all";
        String country = "sc_country id sc_child country 1 1 1 fk_country pk_country";
        check("foreign keys", meta -> {
            Checks.equal(new TreeSet<>(rows(meta.getImportedKeys(null, null, "sc_child"),
                columns)).toString(), "[" + all + ", " + country + "]", "imported");
            Checks.equal(new TreeSet<>(rows(meta.getExportedKeys(null, null, "sc_all"),
                columns)).toString(), "[" + all + "]", "exported");
            Checks.equal(rows(meta.getCrossReference(null, null, "sc_country", null, null,
                "sc_child"), columns).toString(), "[" + country + "]", "between two");
            Checks.equal(rows(meta.getCrossReference(null, null, "sc_country", null, null,
                "sc_all"), columns).toString(), "[]", "between others");
        });
        check("row identifiers", meta -> {
            Checks.equal(new TreeSet<>(rows(meta.getBestRowIdentifier(null, null, "sc_all",
                DatabaseMetaData.bestRowSession, true), "COLUMN_NAME", "TYPE_NAME")).toString(),
                "[a bigserial, u nvarchar]", "key");
            Checks.equal(rows(meta.getVersionColumns(null, null, "sc_country"), "COLUMN_NAME",
                "TYPE_NAME").toString().toLowerCase(), "[id serial]", "serial");
        });
    }

    private static List<String> indexes(DatabaseMetaData meta, String table) throws Exception {
        List<String> told = new ArrayList<>();
        for (String row : rows(meta.getIndexInfo(null, null, table, false, true), "NON_UNIQUE",
                "INDEX_NAME", "ORDINAL_POSITION", "COLUMN_NAME")) {
            // Those of constraints have a number in their name.
            told.add(row.replaceAll(" \\d+_\\d+ ", " - "));
        }
        return told;
    }

    private static void others() {
        check("indexes", meta -> {
            Checks.equal(new TreeSet<>(indexes(meta, "sc_country")).toString(),
                "[0 - 1 code, 0 - 1 id, 0 - 2 name, 0 ix_name 1 name, 0 ix_name 2 id]", "all");
            Checks.equal(new TreeSet<>(indexes(meta, "sc_all")).toString(),
                "[0 - 1 u, 0 - 2 a, 1 ix_h 1 h]", "all");
        });
        check("privileges", meta -> {
            Checks.equal(new TreeSet<>(rows(meta.getTablePrivileges(null, null, "sc_country"),
                "GRANTEE", "PRIVELEGE", "IS_GRANTABLE")).toString(),
                "[alice UPDATE NO, bob INSERT YES, bob SELECT YES]", "of the table");
            Checks.equal(new TreeSet<>(rows(meta.getTablePrivileges(null, null, "sc_child"),
                "GRANTEE", "PRIVELEGE", "IS_GRANTABLE")).toString(),
                "[public DELETE NO, public INDEX NO, public INSERT NO, public SELECT NO, "
                + "public UPDATE NO]", "as made");
            List<String> columns = rows(meta.getColumnPrivileges(null, null, "sc_country", "name"),
                "COLUMN_NAME", "GRANTEE", "PRIVELEGE");
            Checks.that(columns.contains("name alice UPDATE"), columns.toString());
        });
        check("tables", meta -> {
            Checks.equal(rows(meta.getTables("testdb", "informix", "sc\\_%",
                new String[] {"TABLE"}), "TABLE_NAME").toString(),
                "[sc_all, sc_child, sc_country]", "of the user");
            Checks.equal(rows(meta.getTables(null, "nobody", "sc\\_%", null), "TABLE_NAME")
                .toString(), "[]", "of nobody");
            Checks.that(rows(meta.getTables(null, null, "%", new String[] {"SYSTEM TABLE"}),
                "TABLE_NAME").containsAll(List.of("systables", "sysproccolumns", "sysams")),
                "of the system");
            Checks.equal(rows(meta.getSchemas(), "TABLE_SCHEM").toString(), "[informix]",
                "schemas");
        });
        check("what there is none of", meta -> {
            Checks.equal(rows(meta.getUDTs(null, null, "sc%", null), "TYPE_NAME").toString(),
                "[]", "types");
            Checks.equal(rows(meta.getSuperTypes(null, null, "sc%"), "TYPE_NAME").toString(),
                "[]", "supertypes");
            Checks.equal(rows(meta.getSuperTables(null, null, "sc%"), "TABLE_NAME").toString(),
                "[]", "supertables");
            Checks.equal(rows(meta.getAttributes(null, null, "sc%", "%"), "ATTR_NAME").toString(),
                "[]", "attributes");
            Checks.equal(rows(meta.getFunctionColumns(null, null, "sc%", "%"), "COLUMN_NAME")
                .toString(), "[]", "parameters of functions");
            Checks.equal(rows(meta.getProcedureColumns(null, null, "sc%", "%"), "COLUMN_NAME")
                .toString(), "[]", "parameters of procedures");
            Checks.equal(rows(meta.getPseudoColumns(null, null, "sc%", "%"), "COLUMN_NAME")
                .toString(), "[]", "pseudo columns");
        });
    }

    /** Views, synonyms and routines. */
    private static void objects() {
        Checks.check("schema: objects are made", () -> {
            try (Connection connection = Checks.connect()) {
                for (String sql : OBJECTS) {
                    Checks.update(connection, sql);
                }
            }
        });
        check("tables of every kind", meta -> {
            Checks.equal(rows(meta.getTables(null, null, "so\\_%", null), "TABLE_NAME",
                "TABLE_TYPE").toString(),
                "[so_synonym SYNONYM, so_table TABLE, so_view VIEW]", "all");
            for (String type : new String[] {"VIEW", "SYNONYM"}) {
                Checks.equal(rows(meta.getTables(null, null, "so\\_%", new String[] {type}),
                    "TABLE_TYPE").toString(), "[" + type + "]", type);
            }
            Checks.equal(new TreeSet<>(rows(meta.getTableTypes(), "TABLE_TYPE")).toString(),
                "[SYNONYM, SYSTEM TABLE, TABLE, VIEW]", "types");
            Checks.equal(rows(meta.getColumns(null, null, "so_view", "%"), "COLUMN_NAME",
                "TYPE_NAME").toString(), "[x integer, y varchar]", "of a view");
            Checks.equal(rows(meta.getColumns(null, null, "so_synonym", "%"), "COLUMN_NAME",
                "TYPE_NAME").toString(), "[a integer, b varchar]", "of a synonym");
        });
        check("routines", meta -> {
            Checks.equal(rows(meta.getProcedures(null, null, "so\\_%"), "PROCEDURE_NAME",
                "PROCEDURE_TYPE").toString(), "[so_function 2, so_procedure 1]", "procedures");
            Checks.equal(rows(meta.getFunctions(null, null, "so\\_%"), "FUNCTION_NAME")
                .toString(), "[so_function, so_procedure]", "functions");
            List<String> wanted = List.of("so_function a 1 4", "so_function b 1 12",
                "so_function k 3 4", "so_function  3 3", "so_procedure a 1 91",
                "so_procedure b 4 4", "so_procedure c 2 1");
            Checks.equal(rows(meta.getProcedureColumns(null, null, "so\\_%", "%"),
                "PROCEDURE_NAME", "COLUMN_NAME", "COLUMN_TYPE", "DATA_TYPE"), wanted,
                "of procedures");
            Checks.equal(rows(meta.getFunctionColumns(null, null, "so\\_%", "%"),
                "FUNCTION_NAME", "COLUMN_NAME", "DATA_TYPE").size(), 7, "of functions");
        });
        check("types", meta -> {
            List<String> told = rows(meta.getTypeInfo(), "TYPE_NAME", "DATA_TYPE",
                "AUTO_INCREMENT");
            Checks.that(told.containsAll(List.of("integer 4 0", "serial 4 1", "bigint -5 0",
                "varchar 12 0", "boolean 16 0", "blob 2004 0", "date 91 0")), told.toString());
            Checks.equal(rows(meta.getAttributes(null, null, "so\\_%", "%"), "TYPE_NAME",
                "ATTR_NAME").toString(), "[so_row a]", "of a ROW type");
        });
        Checks.check("schema: hold cursors over commit", Schema::holds);
    }

    private static void holds() throws Exception {
        try (Connection connection = Checks.connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 1500; i++) {
                Checks.update(connection, "insert into so_table values (" + i + ", 'x')");
            }
            connection.commit();
            int held = 0;
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY,
                    ResultSet.CONCUR_READ_ONLY, ResultSet.HOLD_CURSORS_OVER_COMMIT);
                 ResultSet set = statement.executeQuery("select a from so_table order by a")) {
                while (set.next()) {
                    Checks.equal(set.getInt(1), held, "row");
                    if (++held % 200 == 0) {
                        Checks.update(connection, "delete from so_table where a = " + held);
                        connection.commit();
                    }
                }
            }
            Checks.equal(held, 1500, "rows that were there at the beginning");
            connection.commit();
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY,
                    ResultSet.CONCUR_READ_ONLY, ResultSet.CLOSE_CURSORS_AT_COMMIT);
                 ResultSet set = statement.executeQuery("select a from so_table")) {
                set.next();
                connection.commit();
                try {
                    while (set.next()) {
                        Checks.that(true, "what was fetched already");
                    }
                    throw new AssertionError("goes on");
                } catch (SQLException closed) {
                    Checks.equal(closed.getErrorCode(), -79878, "closed by the commit");
                }
            }
            connection.commit();
        }
    }

    /** The catalogue itself is described in the same way. */
    private static void system() {
        check("columns of the catalogue", meta -> {
            List<String> told = new ArrayList<>();
            try (ResultSet set = meta.getColumns(null, "informix", "systables", "%")) {
                while (set.next() && told.size() < 4) {
                    told.add(column(set));
                }
            }
            Checks.equal(told.toString(), "[tabname varchar 12 128 0 1 null NO, "
                + "owner char 1 32 0 1 null NO, partnum integer 4 10 0 1 null NO, "
                + "tabid serial 4 10 0 0 null YES]", "systables");
        });
    }

    static void run() {
        Checks.check("schema: is made", () -> {
            try (Connection connection = Checks.connect()) {
                for (String table : new String[] {"sc_child", "sc_all", "sc_country"}) {
                    Checks.drop(connection, table);
                }
                for (String sql : MAKE) {
                    Checks.update(connection, sql);
                }
            }
        });
        check("columns", meta -> {
            int i = 0;
            try (ResultSet set = meta.getColumns("testdb", "informix", "sc\\_all", "%")) {
                while (set.next()) {
                    Checks.equal(set.getInt("ORDINAL_POSITION"), i + 1, "position");
                    Checks.equal(column(set), COLUMNS.get(i++), "column");
                }
            }
            Checks.equal(i, COLUMNS.size(), "columns");
            Checks.equal(rows(meta.getColumns(null, null, "sc\\_%", "country"), "TABLE_NAME",
                "COLUMN_NAME").toString(), "[sc_all country, sc_child country]", "by name");
        });
        keys();
        others();
        objects();
        system();
    }
}
