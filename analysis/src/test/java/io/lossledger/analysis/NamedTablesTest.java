package io.lossledger.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NamedTablesTest {
    @Test
    void findsATableHoweverItIsNamed() {
        for (String sql : new String[] {
            "select * from steps",
            "from steps",
            "table steps",
            "FROM \"STEPS\"",
            "from main.steps",
            "describe steps",
            "summarize steps",
            "explain analyze from steps",
            "pragma table_info('steps')",
            "from query_table('steps')",
            "from query('from ' || 'steps')",
            "with few as (from steps) from few",
            "select (select max(step) from steps)",
            "select 1 where exists (from steps)",
            "pivot steps on objective using sum(residual)",
            "from (pivot steps on objective using sum(residual))",
            "unpivot steps on residual",
            "create temp view seen as from steps; from seen",
            "create temp macro seen() as table from steps; from seen()",
            "set variable name = 'steps'; from query_table(getvariable('name'))"
        }) {
            assertThat(NamedTables.of(sql)).as(sql).containsExactly(LedgerTable.STEPS);
        }
    }

    @Test
    void findsAllOfSeveral() {
        assertThat(NamedTables.of("select layer, (select count(*) from alerts) from layers l"
                        + " join units u using (step, layer) where step in (select step from moments)"))
                .containsExactlyInAnyOrder(
                        LedgerTable.LAYERS, LedgerTable.UNITS, LedgerTable.MOMENTS, LedgerTable.ALERTS);
    }

    @Test
    void ignoresATableThatOnlySeemsToBeNamed() {
        for (String sql : new String[] {
            "select 1",
            "show tables",
            "select 'from steps' -- steps",
            "with steps as (select 1) from steps",
            "from (values (1)) steps",
            "select steps.layers from (select 1 as layers) steps",
            "from duckdb_columns() where table_name = 'steps'"
        }) {
            assertThat(NamedTables.of(sql)).as(sql).isEmpty();
        }
    }

    @Test
    void reportsAnInvalidQuery() {
        assertThatThrownBy(() -> NamedTables.of("select nothing from steps"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("SQL: must be a query that DuckDB can run. Found: Binder Error: ")
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> NamedTables.of("")).isInstanceOf(IllegalArgumentException.class);
    }
}
