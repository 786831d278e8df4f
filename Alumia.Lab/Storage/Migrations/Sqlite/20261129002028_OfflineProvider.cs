using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class OfflineProvider : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "connection",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    connector = table.Column<string>(type: "TEXT", nullable: false),
                    owner_id = table.Column<string>(type: "TEXT", nullable: false),
                    is_shared = table.Column<bool>(type: "INTEGER", nullable: false),
                    account = table.Column<string>(type: "TEXT", nullable: false),
                    scopes = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    failure = table.Column<string>(type: "TEXT", nullable: false),
                    status_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    worked_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    last_error = table.Column<string>(type: "TEXT", nullable: false),
                    last_error_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    secret = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_connection", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "offline_oauth_account",
                columns: table => new
                {
                    email = table.Column<string>(type: "TEXT", nullable: false),
                    password_version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_offline_oauth_account", x => x.email);
                });

            migrationBuilder.CreateTable(
                name: "offline_oauth_grant",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    account = table.Column<string>(type: "TEXT", nullable: false),
                    client = table.Column<string>(type: "TEXT", nullable: false),
                    scope = table.Column<string>(type: "TEXT", nullable: false),
                    password_version = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    is_redeemed = table.Column<bool>(type: "INTEGER", nullable: false),
                    refresh_number = table.Column<long>(type: "INTEGER", nullable: false),
                    refresh_expires_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    access_number = table.Column<long>(type: "INTEGER", nullable: false),
                    ended = table.Column<string>(type: "TEXT", nullable: true),
                    ended_at_ms = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_offline_oauth_grant", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "offline_service_object",
                columns: table => new
                {
                    account = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    json = table.Column<string>(type: "TEXT", nullable: false),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_offline_service_object", x => new { x.account, x.kind, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_connection_org_id_connector",
                table: "connection",
                columns: new[] { "org_id", "connector" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "connection");

            migrationBuilder.DropTable(
                name: "offline_oauth_account");

            migrationBuilder.DropTable(
                name: "offline_oauth_grant");

            migrationBuilder.DropTable(
                name: "offline_service_object");
        }
    }
}
