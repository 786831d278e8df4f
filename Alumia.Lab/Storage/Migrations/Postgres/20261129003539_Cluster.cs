using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Cluster : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The membership table of Orleans, whose package has no SQL. It reads its queries from OrleansQuery by these keys, and gives parameters and
            // reads columns by these names: https://learn.microsoft.com/dotnet/orleans/host/configuration-guide/adonet-configuration
            migrationBuilder.Sql("""
                CREATE TABLE OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);
                CREATE TABLE orleans_version (deployment text PRIMARY KEY, version integer NOT NULL DEFAULT 0);
                CREATE TABLE orleans_silo (
                    deployment text NOT NULL REFERENCES orleans_version, address text NOT NULL, port integer NOT NULL, generation integer NOT NULL,
                    silo_name text NOT NULL, host_name text NOT NULL, status integer NOT NULL, proxy_port integer, suspect_times text,
                    start_time timestamptz NOT NULL, alive_time timestamptz NOT NULL, PRIMARY KEY (deployment, address, port, generation));
                """);
            Query("InsertMembershipVersionKey", """
                WITH added AS (INSERT INTO orleans_version (deployment) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*)::int FROM added
                """);
            // A change of a silo's row counts the version up, and happens only at the version that its writer had read.
            Query("InsertMembershipKey", """
                WITH moved AS (
                    UPDATE orleans_version SET version = version + 1 WHERE deployment = @DeploymentId AND version = @Version AND NOT EXISTS (
                        SELECT 1 FROM orleans_silo WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
                    RETURNING deployment),
                added AS (
                    INSERT INTO orleans_silo (deployment, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
                    SELECT deployment, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved RETURNING 1)
                SELECT count(*)::int FROM added
                """);
            Query("UpdateMembershipKey", """
                WITH moved AS (
                    UPDATE orleans_version SET version = version + 1 WHERE deployment = @DeploymentId AND version = @Version AND EXISTS (
                        SELECT 1 FROM orleans_silo WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
                    RETURNING deployment),
                changed AS (
                    UPDATE orleans_silo SET status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime FROM moved
                    WHERE orleans_silo.deployment = moved.deployment AND address = @Address AND port = @Port AND generation = @Generation RETURNING 1)
                SELECT count(*)::int FROM changed
                """);
            Query("UpdateIAmAlivetimeKey", """
                UPDATE orleans_silo SET alive_time = @IAmAliveTime WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
                """);
            const string read = """
                SELECT v.deployment AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName, s.host_name AS HostName,
                    s.status AS Status, s.proxy_port AS ProxyPort, s.suspect_times AS SuspectTimes, s.start_time AS StartTime, s.alive_time AS IAmAliveTime, v.version AS Version
                FROM orleans_version v LEFT JOIN orleans_silo s ON s.deployment = v.deployment
                """;
            Query("MembershipReadAllKey", read + " WHERE v.deployment = @DeploymentId");
            Query("MembershipReadRowKey", read + " AND s.address = @Address AND s.port = @Port AND s.generation = @Generation WHERE v.deployment = @DeploymentId");
            Query("DeleteMembershipTableEntriesKey", "DELETE FROM orleans_silo WHERE deployment = @DeploymentId; DELETE FROM orleans_version WHERE deployment = @DeploymentId");
            Query("CleanupDefunctSiloEntriesKey", "DELETE FROM orleans_silo WHERE deployment = @DeploymentId AND alive_time < @IAmAliveTime AND status <> 3");
            Query("GatewaysQueryKey", "SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation FROM orleans_silo WHERE deployment = @DeploymentId AND status = @Status AND proxy_port > 0");

            void Query(string key, string text) => migrationBuilder.Sql($"INSERT INTO OrleansQuery VALUES ('{key}', $query${text}$query$)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE orleans_silo; DROP TABLE orleans_version; DROP TABLE OrleansQuery");
        }
    }
}
