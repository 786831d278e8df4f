namespace Alumia.Lab.Chat;

public static class ChatModule
{
    public static WebApplicationBuilder AddChat(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IChatHost, ChatHost>();
        return builder;
    }
}
