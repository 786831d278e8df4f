using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

internal static class ToolResults
{
    /// <summary>A tool's result as the model reads it.</summary>
    public static string Text(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception?.Message ?? "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString() ?? "",
        var value => JsonSerializer.Serialize(value),
    };
}
