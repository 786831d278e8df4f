using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Api : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "fades_at_ms",
                table: "trouble",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_api",
                table: "project",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "api_key",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<string>(type: "text", nullable: false),
                    label = table.Column<string>(type: "text", nullable: false),
                    prefix = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    scopes = table.Column<string>(type: "text", nullable: false),
                    created_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    expires_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    revoked_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    last_used_at_ms = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_key", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotent_answer",
                columns: table => new
                {
                    org_id = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    call_hash = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: true),
                    body = table.Column<string>(type: "text", nullable: false),
                    at_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotent_answer", x => new { x.org_id, x.user_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "key_refusal",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    key_id = table.Column<string>(type: "text", nullable: false),
                    prefix = table.Column<string>(type: "text", nullable: false),
                    at_ms = table.Column<long>(type: "bigint", nullable: false),
                    cause = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_key_refusal", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_trouble_fades_at_ms",
                table: "trouble",
                column: "fades_at_ms",
                filter: "healed_at_ms IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_project_org_id",
                table: "project",
                column: "org_id",
                unique: true,
                filter: "is_api AND deleted_at_ms IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_api_key_hash",
                table: "api_key",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_key_org_id_created_at_ms",
                table: "api_key",
                columns: new[] { "org_id", "created_at_ms" });

            migrationBuilder.CreateIndex(
                name: "ix_idempotent_answer_at_ms",
                table: "idempotent_answer",
                column: "at_ms");

            migrationBuilder.CreateIndex(
                name: "ix_key_refusal_org_id_at_ms",
                table: "key_refusal",
                columns: new[] { "org_id", "at_ms" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_key");

            migrationBuilder.DropTable(
                name: "idempotent_answer");

            migrationBuilder.DropTable(
                name: "key_refusal");

            migrationBuilder.DropIndex(
                name: "ix_trouble_fades_at_ms",
                table: "trouble");

            migrationBuilder.DropIndex(
                name: "ix_project_org_id",
                table: "project");

            migrationBuilder.DropColumn(
                name: "fades_at_ms",
                table: "trouble");

            migrationBuilder.DropColumn(
                name: "is_api",
                table: "project");
        }
    }
}
