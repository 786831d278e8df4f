using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Blocks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "base_version",
                table: "block_version",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_clash",
                table: "block_version",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "title",
                table: "block_version",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.Sql("UPDATE block_version SET title = (SELECT block.title FROM block WHERE block.id = block_version.block_id)");

            migrationBuilder.AlterColumn<string>(
                name: "session_id",
                table: "block",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.AddColumn<long>(
                name: "deleted_at_ms",
                table: "block",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "base_version",
                table: "block_version");

            migrationBuilder.DropColumn(
                name: "is_clash",
                table: "block_version");

            migrationBuilder.DropColumn(
                name: "title",
                table: "block_version");

            migrationBuilder.DropColumn(
                name: "deleted_at_ms",
                table: "block");

            migrationBuilder.AlterColumn<string>(
                name: "session_id",
                table: "block",
                type: "text",
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);
        }
    }
}
