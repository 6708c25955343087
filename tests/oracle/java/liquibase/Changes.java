import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.diff.DiffGeneratorFactory;
import liquibase.diff.DiffResult;
import liquibase.diff.compare.CompareControl;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.snapshot.DatabaseSnapshot;
import liquibase.snapshot.SnapshotControl;
import liquibase.snapshot.SnapshotGeneratorFactory;
import liquibase.structure.DatabaseObject;
import liquibase.structure.core.Catalog;
import liquibase.structure.core.Column;
import liquibase.structure.core.ForeignKey;
import liquibase.structure.core.Index;
import liquibase.structure.core.Schema;
import liquibase.structure.core.Table;
import liquibase.structure.core.View;

/** Changes HOST PORT FOLDER: Liquibase, over the vendor's JDBC client, against a server. */
public final class Changes {
    interface Body {
        void run() throws Exception;
    }

    private static final String DATABASE = "changes";
    private static String address;
    private static String folder;
    private static int passed;
    private static int failed;

    private Changes() {
    }

    private static void check(String name, Body body) {
        try {
            body.run();
            passed++;
            System.out.println("ok " + name);
        } catch (Throwable error) {
            failed++;
            StringBuilder text = new StringBuilder();
            for (Throwable t = error; t != null; t = t.getCause()) {
                text.append(t.getClass().getSimpleName()).append(": ").append(t.getMessage());
                text.append("; ");
            }
            System.out.println("FAIL " + name + " " + text.toString().replaceAll("\\s+", " "));
        }
        System.out.flush();
    }

    private static void equal(Object got, Object wanted, String what) {
        if (!String.valueOf(got).equals(String.valueOf(wanted))) {
            throw new AssertionError(what + ": got <" + got + ">, wanted <" + wanted + ">");
        }
    }

    private static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:informix-sqli://" + address + "/" + database
            + ":INFORMIXSERVER=informix", "informix", "in4mix");
    }

    private static Database open(String database) throws Exception {
        return DatabaseFactory.getInstance().findCorrectDatabaseImplementation(
            new JdbcConnection(connect(database)));
    }

    private interface Work {
        void run(Liquibase liquibase) throws Exception;
    }

    private static void with(String database, Work work) throws Exception {
        Database there = open(database);
        try (DirectoryResourceAccessor files = new DirectoryResourceAccessor(
                 new java.io.File(folder))) {
            work.run(new Liquibase("changelog.xml", files, there));
        } finally {
            there.close();
        }
    }

    private static List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(DATABASE);
             Statement statement = connection.createStatement();
             ResultSet set = statement.executeQuery(sql)) {
            while (set.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= set.getMetaData().getColumnCount(); i++) {
                    String text = set.getString(i);
                    row.append(i > 1 ? "|" : "").append(text == null ? "NULL" : text.trim());
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }

    private static DatabaseSnapshot snapshot(Database database) throws Exception {
        return SnapshotGeneratorFactory.getInstance().createSnapshot(database.getDefaultSchema(),
            database, new SnapshotControl(database));
    }

    private static String columns(DatabaseSnapshot snapshot, String table) {
        for (Table one : snapshot.get(Table.class)) {
            if (one.getName().equals(table)) {
                List<String> names = new ArrayList<>();
                for (Column column : one.getColumns()) {
                    names.add(column.getName() + " " + column.getType()
                        + (Boolean.FALSE.equals(column.isNullable()) ? " not null" : "")
                        + (column.getDefaultValue() != null ? " default "
                            + column.getDefaultValue() : ""));
                }
                return String.join(", ", names);
            }
        }
        return "no table " + table;
    }

    private static void create(String database) throws SQLException {
        try (Connection connection = connect("sysmaster");
             Statement statement = connection.createStatement()) {
            statement.executeUpdate("create database " + database + " with log");
        }
    }

    private static void update() {
        check("the right dialect", () -> {
            Database database = open(DATABASE);
            equal(database.getClass().getSimpleName(), "InformixDatabase", "dialect");
            database.close();
        });
        check("status before", () -> with(DATABASE, liquibase -> {
            List<ChangeSet> open = liquibase.listUnrunChangeSets(new Contexts(),
                new LabelExpression());
            equal(open.size(), 6, "change sets to come");
        }));
        check("update to a tag", () -> with(DATABASE, liquibase ->
            liquibase.update("one", new Contexts(), new LabelExpression())));
        check("rows", () -> {
            equal(rows("select code, name from country order by code"),
                List.of("CH|Switzerland", "DE|Germany", "FR|France"), "country");
            equal(rows("select p.id, p.c_boolean, p.c_int, p.c_decimal, p.c_varchar, p.c_date, "
                + "p.c_datetime::datetime year to second, c.code, p.note from person p, country c "
                + "where c.id = p.country_id"),
                List.of("1|f|42|12.34|O'Hara|2024-02-29|2024-02-29 12:34:56|DE|first"), "person");
        });
        check("update", () -> with(DATABASE, liquibase ->
            liquibase.update(new Contexts(), new LabelExpression())));
        check("the view", () -> equal(rows("select * from people"),
            List.of("1|O'Hara|Germany"), "people"));
        check("status after", () -> with(DATABASE, liquibase -> equal(
            liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()).size(), 0,
            "change sets to come")));
        check("checksums hold", () -> with(DATABASE, liquibase -> {
            liquibase.validate();
            liquibase.update(new Contexts(), new LabelExpression());
        }));
    }

    /** Between the two databases; their own names are not meant. */
    private static Set<String> differences() throws Exception {
        Set<String> found = new TreeSet<>();
        Database one = open(DATABASE);
        Database two = open("again");
        try {
            DiffResult diff = DiffGeneratorFactory.getInstance().compare(one, two,
                CompareControl.STANDARD);
            diff.getMissingObjects().forEach(o -> found.add("missing " + tell(o)));
            diff.getUnexpectedObjects().forEach(o -> found.add("unexpected " + tell(o)));
            diff.getChangedObjects().forEach((o, how) -> {
                if (!(o instanceof Catalog) && !(o instanceof Schema)) {
                    found.add("changed " + tell(o) + " " + how.getDifferences());
                }
            });
        } finally {
            one.close();
            two.close();
        }
        return found;
    }

    private static String tell(DatabaseObject object) {
        return object.getObjectTypeName() + " " + object.getName();
    }

    private static void look() {
        check("snapshot", () -> {
            Database database = open(DATABASE);
            DatabaseSnapshot snapshot = snapshot(database);
            database.close();
            Set<String> names = new TreeSet<>();
            for (Table table : snapshot.get(Table.class)) {
                if (!table.getName().startsWith("databasechangelog")) {
                    names.add(table.getName());
                }
            }
            equal(names, "[country, extra, person]", "tables");
            equal(snapshot.get(View.class).size(), 1, "views");
            equal(snapshot.get(ForeignKey.class).iterator().next().getName(),
                "fk_person_country", "foreign key");
            Set<String> indexes = new TreeSet<>();
            for (Index index : snapshot.get(Index.class)) {
                indexes.add(String.valueOf(index.getName()));
            }
            equal(indexes.contains("ix_person_name"), true, "indexes " + indexes);
            equal(columns(snapshot, "country"), "id serial(10) not null, "
                + "code char(2 BYTE) not null, name varchar(60 BYTE) default somewhere, "
                + "people int8(19)", "country");
        });
        check("the same changes give the same schema", () -> {
            create("again");
            with("again", liquibase -> liquibase.update(new Contexts(), new LabelExpression()));
            equal(differences(), "[]", "differences");
            try (Connection connection = connect("again");
                 Statement statement = connection.createStatement()) {
                statement.executeUpdate("create index ix_more on country (name)");
                statement.executeUpdate("drop table extra");
            }
            equal(differences(), "[missing column a, missing table extra, "
                + "unexpected index ix_more]", "differences");
        });
    }

    private static void goBack() {
        check("rollback to the tag", () -> {
            with(DATABASE, liquibase -> liquibase.rollback("one", new Contexts(),
                new LabelExpression()));
            equal(rows("select tabname from systables where tabid > 99 and tabname in ('extra', "
                + "'people')"), List.of(), "what came after the tag");
            equal(rows("select c.colname from syscolumns c, systables t where t.tabid = c.tabid "
                + "and t.tabname = 'country' order by c.colno"), List.of("id", "code", "name"),
                "country");
            equal(rows("select count(*) from person"), List.of("1"), "person");
        });
        check("rollback of all but the tables", () -> {
            with(DATABASE, liquibase -> liquibase.rollback(2, new Contexts(),
                new LabelExpression()));
            equal(rows("select id from databasechangelog"), List.of("tables"), "what is left");
            equal(rows("select c.colname from syscolumns c, systables t where t.tabid = c.tabid "
                + "and t.tabname = 'person' and c.colname in ('note', 'country_id', 'c_clob')"),
                List.of("c_clob"), "columns");
            equal(rows("select count(*) from country"), List.of("0"), "country");
        });
        check("update again", () -> with(DATABASE, liquibase ->
            liquibase.update(new Contexts(), new LabelExpression())));
        check("drop all", () -> {
            with(DATABASE, liquibase -> liquibase.dropAll());
            equal(rows("select tabname from systables where tabid > 99"), List.of(), "left");
        });
    }

    public static void main(String[] arguments) throws Exception {
        address = arguments[0] + ":" + arguments[1];
        folder = arguments[2];
        Class.forName("com.informix.jdbc.IfxDriver");
        java.util.logging.LogManager.getLogManager().reset();
        create(DATABASE);
        update();
        look();
        goBack();
        System.out.println(passed + " passed, " + failed + " failed");
        System.out.flush();
        Runtime.getRuntime().halt(failed == 0 && passed > 0 ? 0 : 1);
    }
}
